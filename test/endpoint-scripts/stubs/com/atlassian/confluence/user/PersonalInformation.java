package com.atlassian.confluence.user;

/** What is indexed of a user. */
public class PersonalInformation {}
