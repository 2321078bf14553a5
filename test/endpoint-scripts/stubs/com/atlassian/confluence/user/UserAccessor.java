package com.atlassian.confluence.user;

import com.atlassian.sal.api.user.UserKey;
import com.opensymphony.module.propertyset.PropertySet;
import java.util.HashMap;
import java.util.Map;

/** Everybody of Confluence. */
public class UserAccessor {
    public final Map<String, ConfluenceUser> users = new HashMap<>();

    public ConfluenceUser getExistingUserByKey(UserKey key) {
        return users.get(key.value);
    }

    public boolean isDeactivated(ConfluenceUser user) {
        return user.deactivated;
    }

    public PropertySet getPropertySet(ConfluenceUser user) {
        return user.preferences;
    }
}
