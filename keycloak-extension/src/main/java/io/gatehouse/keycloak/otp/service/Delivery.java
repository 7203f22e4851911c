package io.gatehouse.keycloak.otp.service;

import java.util.Arrays;
import java.util.Locale;

/** What has become of the message with a code. */
public enum Delivery {
    QUEUED, SENT, DELIVERED, FAILED, UNKNOWN;

    /** As the service writes it. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A word that is not known yet tells nothing about the message. */
    static Delivery of(String id) {
        return Arrays.stream(values()).filter(delivery -> delivery.id().equals(id)).findFirst().orElse(UNKNOWN);
    }
}
