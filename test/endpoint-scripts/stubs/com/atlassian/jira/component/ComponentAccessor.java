package com.atlassian.jira.component;

import com.atlassian.jira.user.UserPropertyManager;
import com.atlassian.jira.user.util.UserManager;

/** Where scripts find Jira's parts. */
public class ComponentAccessor {
    private static final UserManager USERS = new UserManager();
    private static final UserPropertyManager PROPERTIES = new UserPropertyManager();

    public static UserManager getUserManager() {
        return USERS;
    }

    public static UserPropertyManager getUserPropertyManager() {
        return PROPERTIES;
    }
}
