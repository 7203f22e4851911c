package io.gatehouse.keycloak.otp;

import java.util.List;

import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;

import io.gatehouse.keycloak.provider.PlainFactory;

/** The authenticators {@code gh-sms} and {@code gh-email}. */
public abstract class FactorAuthenticatorFactory implements AuthenticatorFactory, PlainFactory<Authenticator> {

    private static final Requirement[] REQUIREMENTS = {Requirement.REQUIRED, Requirement.ALTERNATIVE, Requirement.DISABLED};

    private final Channel channel;

    private FactorAuthenticatorFactory(Channel channel) {
        this.channel = channel;
    }

    @Override
    public String getId() {
        return channel.credentialType();
    }

    /** The credential type, or the account console would not list it and levels of assurance could not tell the channels apart. */
    @Override
    public String getReferenceCategory() {
        return channel.credentialType();
    }

    @Override
    public String getDisplayType() {
        return channel == Channel.SMS ? "Gatehouse code by SMS" : "Gatehouse code by e-mail";
    }

    @Override
    public String getHelpText() {
        return "Asks for a one-time code that the Gatehouse service sends.";
    }

    /** Takes no options of its own; Keycloak keeps the authentication method reference here. */
    @Override
    public boolean isConfigurable() {
        return true;
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }

    @Override
    public Requirement[] getRequirementChoices() {
        return REQUIREMENTS.clone();
    }

    @Override
    public boolean isUserSetupAllowed() {
        return false;
    }

    @Override
    public Authenticator create(KeycloakSession session) {
        return new FactorAuthenticator(channel);
    }

    public static final class Sms extends FactorAuthenticatorFactory {
        public Sms() {
            super(Channel.SMS);
        }
    }

    public static final class Email extends FactorAuthenticatorFactory {
        public Email() {
            super(Channel.EMAIL);
        }
    }
}
