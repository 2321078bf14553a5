package com.atlassian.confluence.user;

import com.opensymphony.module.propertyset.PropertySet;
import java.util.LinkedHashMap;
import java.util.Map;

/** Somebody of Confluence. */
public class ConfluenceUser {
    public final Map<String, String> details = new LinkedHashMap<>();
    public final PropertySet preferences = new PropertySet();
    public final boolean deactivated;

    public ConfluenceUser(boolean deactivated) {
        this.deactivated = deactivated;
    }
}
