package io.gatehouse.keycloak.otp.service;

import java.util.Locale;

/** What a code is asked for. */
public enum Purpose {
    LOGIN, ENROL, RESET, STEP_UP;

    /** As the service writes it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
