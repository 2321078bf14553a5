package com.atlassian.jira.user;

import com.opensymphony.module.propertyset.PropertySet;

/** The property sets of users. */
public class UserPropertyManager {
    public PropertySet getPropertySet(ApplicationUser user) {
        return user.propertySet;
    }
}
