package io.gatehouse.keycloak.otp.service;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Asks the service whether somebody may sign up.
 *
 * @param locale BCP 47 language tag of the letter that they get, should they have to wait
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AdmissionRequest(
        @JsonProperty("realm") String realm,
        @JsonProperty("email") String email,
        @JsonProperty("first_name") String firstName,
        @JsonProperty("last_name") String lastName,
        @JsonProperty("company") String company,
        @JsonProperty("locale") String locale,
        @JsonProperty("ip_address") String ipAddress) {

    /** Holds personal data, so it is never printed. */
    @Override
    public String toString() {
        return "AdmissionRequest[realm=" + realm + "]";
    }
}
