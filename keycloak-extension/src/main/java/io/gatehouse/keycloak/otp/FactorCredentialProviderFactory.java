package io.gatehouse.keycloak.otp;

import org.keycloak.credential.CredentialProviderFactory;
import org.keycloak.models.KeycloakSession;

/** One per channel; the id of the provider is that of the credential type. */
public abstract class FactorCredentialProviderFactory implements CredentialProviderFactory<FactorCredentialProvider> {

    private final Channel channel;

    private FactorCredentialProviderFactory(Channel channel) {
        this.channel = channel;
    }

    @Override
    public String getId() {
        return channel.credentialType();
    }

    @Override
    public FactorCredentialProvider create(KeycloakSession session) {
        return new FactorCredentialProvider(session, channel);
    }

    public static final class Sms extends FactorCredentialProviderFactory {
        public Sms() {
            super(Channel.SMS);
        }
    }

    public static final class Email extends FactorCredentialProviderFactory {
        public Email() {
            super(Channel.EMAIL);
        }
    }
}
