package io.gatehouse.keycloak.otp;

import org.keycloak.credential.CredentialModel;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.credential.CredentialTypeMetadata;
import org.keycloak.credential.CredentialTypeMetadataContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Lets Keycloak list, offer and remove the factors of one channel. There is no {@code CredentialInputValidator}: nothing here can say
 * whether a code is right, only the service can.
 */
public final class FactorCredentialProvider implements CredentialProvider<CredentialModel> {

    private final KeycloakSession session;
    private final Channel channel;

    FactorCredentialProvider(KeycloakSession session, Channel channel) {
        this.session = session;
        this.channel = channel;
    }

    /** Puts {@code factor} in the place of whatever the user had for this channel: there is at most one. */
    void replace(UserModel user, FactorCredential factor) {
        user.credentialManager().getStoredCredentialsByTypeStream(getType()).map(CredentialModel::getId).toList()
                .forEach(user.credentialManager()::removeStoredCredentialById);
        user.credentialManager().createStoredCredential(factor.toModel());
    }

    @Override
    public String getType() {
        return channel.credentialType();
    }

    @Override
    public CredentialModel createCredential(RealmModel realm, UserModel user, CredentialModel credential) {
        return user.credentialManager().createStoredCredential(credential);
    }

    @Override
    public boolean deleteCredential(RealmModel realm, UserModel user, String credentialId) {
        return user.credentialManager().removeStoredCredentialById(credentialId);
    }

    @Override
    public CredentialModel getCredentialFromModel(CredentialModel model) {
        return model;
    }

    @Override
    public CredentialTypeMetadata getCredentialTypeMetadata(CredentialTypeMetadataContext context) {
        return CredentialTypeMetadata.builder()
                .type(getType())
                .category(CredentialTypeMetadata.Category.TWO_FACTOR)
                .displayName(getType() + "-display-name")
                .helpText(getType() + "-help-text")
                .iconCssClass(channel == Channel.SMS ? "kcAuthenticatorGatehouseSmsClass" : "kcAuthenticatorGatehouseEmailClass")
                .createAction(channel.enrolAction())
                .removeable(true)
                .build(session);
    }
}
