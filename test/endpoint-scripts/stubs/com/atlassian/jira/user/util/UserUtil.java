package com.atlassian.jira.user.util;

/** The prefix of User Properties. */
public interface UserUtil {
    String META_PROPERTY_PREFIX = "jira.meta.";
}
