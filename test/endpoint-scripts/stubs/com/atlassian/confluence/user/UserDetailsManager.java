package com.atlassian.confluence.user;

/** The profile fields of users. */
public class UserDetailsManager {
    public String getStringProperty(ConfluenceUser user, String key) {
        return user.details.get(key);
    }

    public void setStringProperty(ConfluenceUser user, String key, String value) {
        if (value == null) throw new IllegalArgumentException("no value");
        user.details.put(key, value);
    }

    public void removeProperty(ConfluenceUser user, String key) {
        user.details.remove(key);
    }
}
