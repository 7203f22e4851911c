package io.gatehouse.keycloak.otp.service;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Asks the service to send a code.
 *
 * @param authSessionId one tab of one login; the service sends once for each session, purpose and channel
 * @param destination   where to send it, for enrolment only; without it, and otherwise, the service knows
 * @param locale        BCP 47 language tag of the message
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChallengeRequest(
        @JsonProperty("realm") String realm,
        @JsonProperty("user_id") String userId,
        @JsonProperty("auth_session_id") String authSessionId,
        @JsonProperty("purpose") String purpose,
        @JsonProperty("client_id") String clientId,
        @JsonProperty("channel") String channel,
        @JsonProperty("destination") String destination,
        @JsonProperty("locale") String locale,
        @JsonProperty("ip_address") String ipAddress) {

    /** Holds a personal address, so it is never printed. */
    @Override
    public String toString() {
        return "ChallengeRequest[purpose=" + purpose + ", channel=" + channel + "]";
    }
}
