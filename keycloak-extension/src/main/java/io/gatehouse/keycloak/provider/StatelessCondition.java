package io.gatehouse.keycloak.provider;

import java.util.List;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;

/** A condition of a sub-flow for a known person, and its factory in one. */
public interface StatelessCondition extends ConditionalAuthenticator, ConditionalAuthenticatorFactory, StatelessProvider<Authenticator> {

    @Override
    default Authenticator create(KeycloakSession session) {
        return this;
    }

    @Override
    default ConditionalAuthenticator getSingleton() {
        return this;
    }

    @Override
    default void action(AuthenticationFlowContext context) {
        // shows no form
    }

    @Override
    default boolean requiresUser() {
        return true;
    }

    @Override
    default void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
        // asks nobody to set anything up
    }

    @Override
    default boolean isConfigurable() {
        return false;
    }

    @Override
    default List<ProviderConfigProperty> getConfigProperties() {
        return List.of();
    }

    @Override
    default Requirement[] getRequirementChoices() {
        return new Requirement[] {Requirement.REQUIRED, Requirement.DISABLED};
    }

    @Override
    default boolean isUserSetupAllowed() {
        return false;
    }
}
