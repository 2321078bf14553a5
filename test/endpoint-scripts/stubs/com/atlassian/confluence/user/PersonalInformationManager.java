package com.atlassian.confluence.user;

/** The indexed content of users. */
public class PersonalInformationManager {
    public PersonalInformation getOrCreatePersonalInformation(ConfluenceUser user) {
        return new PersonalInformation();
    }
}
