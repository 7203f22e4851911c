package io.gatehouse.keycloak.otp.service;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/** The factor that a right code has proved. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Factor(@JsonProperty("id") String id, @JsonProperty("channel") String channel, @JsonProperty("hint") String hint) {
}
