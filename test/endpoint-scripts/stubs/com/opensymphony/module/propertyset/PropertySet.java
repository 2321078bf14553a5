package com.opensymphony.module.propertyset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** A property set in memory; like the real one it refuses to give what is not there. */
public class PropertySet {
    public final Map<String, String> held = new LinkedHashMap<>();

    public boolean exists(String key) {
        return held.containsKey(key);
    }

    public String getString(String key) {
        return held.get(key);
    }

    public void setString(String key, String value) {
        if (value == null) throw new IllegalArgumentException("no value");
        held.put(key, value);
    }

    public void remove(String key) {
        held.remove(key);
    }

    public Collection<String> getKeys(String prefix) {
        Collection<String> keys = new ArrayList<>();
        for (String key : held.keySet()) if (key.startsWith(prefix)) keys.add(key);
        return keys;
    }
}
