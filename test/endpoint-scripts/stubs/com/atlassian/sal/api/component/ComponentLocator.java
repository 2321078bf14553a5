package com.atlassian.sal.api.component;

import java.util.HashMap;
import java.util.Map;

/** Where scripts find Confluence's parts. */
public class ComponentLocator {
    public static final Map<Class<?>, Object> PARTS = new HashMap<>();

    public static <T> T getComponent(Class<T> part) {
        T found = part.cast(PARTS.get(part));
        if (found == null) throw new IllegalStateException("There is no " + part);
        return found;
    }
}
