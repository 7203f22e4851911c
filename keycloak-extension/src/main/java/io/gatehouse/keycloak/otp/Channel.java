package io.gatehouse.keycloak.otp;

import java.util.Arrays;
import java.util.Optional;

/** How a code reaches a person. */
public enum Channel {
    SMS, EMAIL;

    /** As the service writes it: {@code sms} or {@code email}. */
    public String id() {
        return this == SMS ? "sms" : "email";
    }

    /** Id of Keycloak's credential type, its provider and the authenticator that asks for the code. */
    public String credentialType() {
        return "gh-" + id();
    }

    /** Id of the required action that enrols this channel. */
    public String enrolAction() {
        return "gh-enrol-" + id();
    }

    public static Optional<Channel> of(String id) {
        return Arrays.stream(values()).filter(channel -> channel.id().equals(id)).findFirst();
    }

    public static Optional<Channel> ofCredentialType(String type) {
        return Arrays.stream(values()).filter(channel -> channel.credentialType().equals(type)).findFirst();
    }
}
