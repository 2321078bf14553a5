package com.atlassian.jira.user;

import com.opensymphony.module.propertyset.PropertySet;

/** Somebody of Jira. */
public class ApplicationUser {
    public final PropertySet propertySet = new PropertySet();
    private final boolean active;

    public ApplicationUser(boolean active) {
        this.active = active;
    }

    public boolean isActive() {
        return active;
    }
}
