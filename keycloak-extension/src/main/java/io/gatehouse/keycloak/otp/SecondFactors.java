package io.gatehouse.keycloak.otp;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.keycloak.models.RealmModel;
import org.keycloak.models.RequiredActionProviderModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.sessions.AuthenticationSessionModel;

import io.gatehouse.keycloak.assurance.Level;

/** Which second factors there are, who has one, and how one is enrolled. */
final class SecondFactors {

    /** Required action that offers the choice. */
    static final String CHOOSE = "gh-choose-factor";

    /** Required actions that end with a second factor, in the order in which they are offered. */
    private static final List<String> ENROLMENTS = List.of(Channel.SMS.enrolAction(), Channel.EMAIL.enrolAction(),
            UserModel.RequiredAction.CONFIGURE_TOTP.name(), "webauthn-register");

    private static final Map<String, Level> LEVELS = Map.of(Channel.SMS.enrolAction(), Level.SMS, Channel.EMAIL.enrolAction(), Level.EMAIL,
            UserModel.RequiredAction.CONFIGURE_TOTP.name(), Level.TOTP, "webauthn-register", Level.PASSKEY);

    /** Recovery codes are missing on purpose: they stand in for a factor, they are none. */
    private static final Set<String> CREDENTIAL_TYPES = Set.of(Channel.SMS.credentialType(), Channel.EMAIL.credentialType(),
            OTPCredentialModel.TYPE, WebAuthnCredentialModel.TYPE_TWOFACTOR, WebAuthnCredentialModel.TYPE_PASSWORDLESS);

    private SecondFactors() {
    }

    static boolean has(UserModel user) {
        return user.credentialManager().getStoredCredentialsStream()
                .anyMatch(credential -> CREDENTIAL_TYPES.contains(credential.getType()));
    }

    /** What the realm offers. */
    static List<String> offered(RealmModel realm) {
        return ENROLMENTS.stream().filter(action -> enabled(realm, action)).toList();
    }

    /** How strong a factor an enrolment ends with. */
    static Level levelOf(String enrolment) {
        return LEVELS.get(enrolment);
    }

    /** Whether an enrolment is about to run anyway. One that the realm has disabled never would, so it does not count. */
    static boolean pending(RealmModel realm, UserModel user, AuthenticationSessionModel login) {
        return Stream.concat(user.getRequiredActionsStream(), login.getRequiredActions().stream())
                .anyMatch(action -> ENROLMENTS.contains(action) && enabled(realm, action));
    }

    /** Whether the realm shows the choice at all. */
    static boolean canChoose(RealmModel realm) {
        return enabled(realm, CHOOSE);
    }

    private static boolean enabled(RealmModel realm, String action) {
        RequiredActionProviderModel model = realm.getRequiredActionProviderByAlias(action);
        return model != null && model.isEnabled();
    }
}
