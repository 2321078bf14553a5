package javax.ws.rs.core;

/** As in JAX-RS, with what the scripts use. */
public class Response {
    private final Object entity;

    private Response(Object entity) {
        this.entity = entity;
    }

    public Object getEntity() {
        return entity;
    }

    public static ResponseBuilder ok(Object entity) {
        return new ResponseBuilder(entity);
    }

    /** Builds a response. */
    public static class ResponseBuilder {
        private final Object entity;

        ResponseBuilder(Object entity) {
            this.entity = entity;
        }

        public Response build() {
            return new Response(entity);
        }
    }
}
