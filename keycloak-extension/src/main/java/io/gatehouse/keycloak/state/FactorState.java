package io.gatehouse.keycloak.state;

import java.util.Map;
import java.util.Optional;

import org.keycloak.credential.CredentialModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.gatehouse.keycloak.otp.FactorCredential;

/** One entry of a user's {@code factors}: which second factor, never its secret. */
final class FactorState {

    private static final Map<String, String> KEYCLOAK_CHANNELS = Map.of(
            OTPCredentialModel.TYPE, "totp",
            WebAuthnCredentialModel.TYPE_TWOFACTOR, "passkey",
            WebAuthnCredentialModel.TYPE_PASSWORDLESS, "passkey",
            RecoveryAuthnCodesCredentialModel.TYPE, "recovery-codes");

    private FactorState() {
    }

    /** Empty for credentials that are no second factor, such as the password. */
    static Optional<ObjectNode> of(CredentialModel credential) {
        if (FactorCredential.isFactor(credential.getType())) {
            FactorCredential factor = FactorCredential.from(credential);
            return Optional.of(json(factor.factorId(), factor.channel().id(), factor.hint()));
        }
        return Optional.ofNullable(KEYCLOAK_CHANNELS.get(credential.getType())).map(channel -> json(credential.getId(), channel, null));
    }

    private static ObjectNode json(String id, String channel, String hint) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("channel", channel).put("hint", hint);
    }
}
