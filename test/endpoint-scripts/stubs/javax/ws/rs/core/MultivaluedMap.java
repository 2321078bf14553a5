package javax.ws.rs.core;

/** As in JAX-RS. */
public interface MultivaluedMap<K, V> extends java.util.Map<K, java.util.List<V>> {}
