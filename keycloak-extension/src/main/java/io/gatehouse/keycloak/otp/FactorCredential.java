package io.gatehouse.keycloak.otp;

import java.io.IOException;

import org.keycloak.common.util.Time;
import org.keycloak.credential.CredentialModel;
import org.keycloak.util.JsonSerialization;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What Keycloak keeps of a factor: a reference to it and a masked hint. The address itself and everything about codes stays with the
 * service.
 *
 * @param factorId id of the factor in the service
 * @param hint     masked destination, fit to be shown
 * @param notice   which notice about the channel the person has confirmed, and when; {@code null} for factors from before it was kept
 */
public record FactorCredential(String factorId, Channel channel, String hint, Notice notice) {

    /**
     * The notice of the risks that NIST SP 800-63B-4 section 3.2.9 asks for.
     *
     * @param version     of its text
     * @param confirmedAt RFC 3339
     */
    public record Notice(@JsonProperty("version") String version, @JsonProperty("confirmed_at") String confirmedAt) {
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Data(@JsonProperty("factor_id") String factorId, @JsonProperty("channel") String channel,
                        @JsonProperty("hint") String hint,
                        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("notice") Notice notice) {
    }

    public static boolean isFactor(String credentialType) {
        return Channel.ofCredentialType(credentialType).isPresent();
    }

    /** @throws IllegalArgumentException if the credential is of another type or does not hold what {@link #toModel} writes */
    public static FactorCredential from(CredentialModel model) {
        Channel channel = Channel.ofCredentialType(model.getType())
                .orElseThrow(() -> new IllegalArgumentException("not a factor: " + model.getType()));
        try {
            Data data = JsonSerialization.readValue(model.getCredentialData(), Data.class);
            return new FactorCredential(data.factorId(), channel, data.hint(), data.notice());
        } catch (IOException e) {
            throw new IllegalArgumentException("unreadable credential data of credential " + model.getId(), e);
        }
    }

    public CredentialModel toModel() {
        CredentialModel model = new CredentialModel();
        model.setType(channel.credentialType());
        model.setCreatedDate(Time.currentTimeMillis());
        model.setUserLabel(hint);
        model.setSecretData("{}");
        try {
            model.setCredentialData(JsonSerialization.writeValueAsString(new Data(factorId, channel.id(), hint, notice)));
        } catch (IOException e) {
            throw new IllegalStateException("strings are always writable as JSON", e);
        }
        return model;
    }
}
