package com.atlassian.confluence.search;

import com.atlassian.confluence.user.PersonalInformation;

/** The search index. */
public class ConfluenceIndexer {
    public int count = 0;

    public void reIndex(PersonalInformation information) {
        if (information == null) throw new IllegalArgumentException("nothing to index");
        count += 1;
    }
}
