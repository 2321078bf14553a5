package com.atlassian.sal.api.user;

/** The immutable key of a user. */
public final class UserKey {
    public final String value;

    public UserKey(String value) {
        this.value = value;
    }
}
