package io.gatehouse.keycloak.assurance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.RecoveryAuthnCodesCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;

import io.gatehouse.keycloak.otp.Channel;

/**
 * How strongly somebody has proved who they are beside the password, from weak to strong. Its number is Keycloak's level of
 * authentication, its name the value of {@code acr}; the realm's {@code acr.loa.map} says the same to Keycloak.
 */
public enum Level {
    /** A browser that proved a factor within the last days. */
    DEVICE,
    EMAIL, SMS, TOTP, PASSKEY;

    /** Recovery codes stand in for a lost factor, so they never count for more than the weakest. */
    private static final Map<String, Level> BY_CREDENTIAL_TYPE = Map.of(
            RecoveryAuthnCodesCredentialModel.TYPE, EMAIL,
            Channel.EMAIL.credentialType(), EMAIL,
            Channel.SMS.credentialType(), SMS,
            OTPCredentialModel.TYPE, TOTP,
            WebAuthnCredentialModel.TYPE_TWOFACTOR, PASSKEY,
            WebAuthnCredentialModel.TYPE_PASSWORDLESS, PASSKEY);

    /** Keycloak's level of authentication; 0 is a password alone. */
    public int number() {
        return ordinal() + 1;
    }

    public String acr() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Level> ofAcr(String acr) {
        return Arrays.stream(values()).filter(level -> level.acr().equals(acr)).findFirst();
    }

    public static Optional<Level> of(int number) {
        return Arrays.stream(values()).filter(level -> level.number() == number).findFirst();
    }

    /** What a credential of this type proves; empty for a password and whatever else is no second factor. */
    public static Optional<Level> ofCredentialType(String type) {
        return type == null ? Optional.empty() : Optional.ofNullable(BY_CREDENTIAL_TYPE.get(type));
    }

    /** The strongest that {@code user} can prove. */
    public static Optional<Level> strongestOf(UserModel user) {
        return user.credentialManager().getStoredCredentialsStream()
                .flatMap(credential -> ofCredentialType(credential.getType()).stream()).max(Comparator.naturalOrder());
    }
}
