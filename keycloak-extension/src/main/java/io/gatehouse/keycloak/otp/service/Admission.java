package io.gatehouse.keycloak.otp.service;

/** Whether somebody may sign up. */
public enum Admission {

    ADMITTED,

    /** Not now; the service has noted that they asked. */
    NOTED,

    /** Too many ask from where they are. */
    LATER,

    /** The service could not be asked, or did not give an answer that may be believed. Nobody signs up. */
    UNAVAILABLE
}
