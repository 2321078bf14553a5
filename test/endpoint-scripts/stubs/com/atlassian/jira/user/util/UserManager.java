package com.atlassian.jira.user.util;

import com.atlassian.jira.user.ApplicationUser;
import java.util.HashMap;
import java.util.Map;

/** Everybody of Jira. */
public class UserManager {
    public final Map<String, ApplicationUser> users = new HashMap<>();

    public ApplicationUser getUserByKey(String key) {
        return users.get(key);
    }
}
