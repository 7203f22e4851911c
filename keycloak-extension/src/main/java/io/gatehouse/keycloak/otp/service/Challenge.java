package io.gatehouse.keycloak.otp.service;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A code on its way, as the service describes it.
 *
 * @param hint      masked destination, fit to be shown
 * @param expiresAt RFC 3339
 * @param resendAt  RFC 3339; earlier requests to send again are refused
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Challenge(
        @JsonProperty("challenge_id") String id,
        @JsonProperty("channel") String channel,
        @JsonProperty("hint") String hint,
        @JsonProperty("code_length") int codeLength,
        @JsonProperty("expires_at") String expiresAt,
        @JsonProperty("resend_at") String resendAt,
        @JsonProperty("attempts_left") int attemptsLeft) {

    public Challenge withAttemptsLeft(int left) {
        return new Challenge(id, channel, hint, codeLength, expiresAt, resendAt, left);
    }

    /** Whether everything a page needs is there; an answer that lacks any of it is not taken for one. */
    @JsonIgnore
    public boolean isComplete() {
        return id != null && channel != null && hint != null && codeLength > 0 && instant(expiresAt) != null && instant(resendAt) != null;
    }

    public boolean expiredAt(Instant now) {
        return !now.isBefore(instant(expiresAt));
    }

    /** Whole seconds until the code may be sent again, 0 when it may be now. */
    public long secondsToResend(Instant now) {
        long millis = instant(resendAt).toEpochMilli() - now.toEpochMilli();
        return Math.max(0, (millis + 999) / 1000);
    }

    private static Instant instant(String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
