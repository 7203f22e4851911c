package io.gatehouse.keycloak.assurance;

import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.authentication.AuthenticatorUtil;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.AuthenticationFlowResolver;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.CommonClientSessionModel.ExecutionStatus;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** How strong one login is, and how strong it has to be. */
public final class Assurance {

    /** Note of a login in a browser that the person trusts; holds their id. */
    private static final String KNOWN_BROWSER = "gatehouse.known-browser";

    private final KeycloakSession session;
    private final AuthenticationSessionModel login;
    private final UserModel user;
    private final AcrStore store;

    public Assurance(KeycloakSession session, AuthenticationSessionModel login, UserModel user) {
        this.session = session;
        this.login = login;
        this.user = user;
        this.store = new AcrStore(session, login);
    }

    public static Assurance of(AuthenticationFlowContext context) {
        return new Assurance(context.getSession(), context.getAuthenticationSession(), context.getUser());
    }

    /** The strongest factor of this login; where none was asked for, what the browser is good for. */
    Optional<Level> proved() {
        return factor().or(() -> user.getId().equals(login.getAuthNote(KNOWN_BROWSER)) ? Optional.of(Level.DEVICE) : Optional.empty());
    }

    /** Whether a factor was proved by a step of this login. */
    public boolean hasFactor() {
        return factor().isPresent();
    }

    public void browserIsKnown(boolean known) {
        if (known) {
            login.setAuthNote(KNOWN_BROWSER, user.getId());
        } else {
            login.removeAuthNote(KNOWN_BROWSER);
        }
    }

    private Optional<Level> factor() {
        return login.getExecutionStatus().entrySet().stream()
                .filter(step -> step.getValue() == ExecutionStatus.SUCCESS)
                .map(step -> login.getRealm().getAuthenticationExecutionById(step.getKey()))
                .filter(Objects::nonNull)
                .flatMap(execution -> Level.ofCredentialType(credentialType(execution)).stream())
                .max(Comparator.naturalOrder());
    }

    private String credentialType(AuthenticationExecutionModel execution) {
        if (execution.isAuthenticatorFlow()) {
            return null;
        }
        AuthenticatorFactory factory = (AuthenticatorFactory) session.getKeycloakSessionFactory()
                .getProviderFactory(Authenticator.class, execution.getAuthenticator());
        return factory == null ? null : factory.getReferenceCategory();
    }

    /**
     * The level that the application asks for. Who wants to change how they sign in has to show the strongest factor they have (NIST
     * SP 800-63B-4 section 4.1.2, OWASP ASVS 7.5.1).
     */
    int asked(AuthenticationFlowModel topFlow) {
        int own = changesAccount() ? Level.strongestOf(user).map(Level::number).orElse(Constants.NO_LOA) : Constants.NO_LOA;
        return Math.max(store.getRequestedLevelOfAuthentication(topFlow), own);
    }

    /** Whether a browser that the person trusts is not enough. */
    public boolean wantsMoreThanTrust(AuthenticationFlowModel topFlow) {
        return asked(topFlow) > Level.DEVICE.number() || AuthenticatorUtil.isForcedReauthentication(login);
    }

    /** Whether less than what is asked for is of no use: an essential claim, a minimum of the client, a change of the account. */
    boolean mustBeMet() {
        return store.isLevelOfAuthenticationForced() || changesAccount()
                || login.getClient().getAttribute(Constants.MINIMUM_ACR_VALUE) != null;
    }

    /** Whether the person has a factor of that level or a stronger one. */
    boolean canReach(int number) {
        return Level.strongestOf(user).filter(strongest -> strongest.number() >= number).isPresent();
    }

    /** The factor that a level takes, when the person has none that reaches it. */
    public Optional<Level> lacking(int number) {
        return canReach(number) ? Optional.empty() : Level.of(Math.max(number, Level.EMAIL.number()));
    }

    /** The level that the application insists on, 0 when less will do. What a change of the account takes is the flow's matter. */
    public int insisted() {
        return changesAccount() || !mustBeMet() ? Constants.MINIMUM_LOA
                : Math.max(Constants.MINIMUM_LOA, store.getRequestedLevelOfAuthentication(AuthenticationFlowResolver.resolveBrowserFlow(login)));
    }

    /** Whether this login, of its own or by the session that it continues, is weaker than the application insists on. */
    public boolean isTooWeak() {
        return store.getLevelOfAuthenticationFromCurrentAuthentication() < insisted();
    }

    /** Says which factor the person lacks, and where to add it: there a sign-in with what they have is enough. */
    public static Response explain(LoginFormsProvider form, UriInfo uri, RealmModel realm, Level lacking) {
        String account = uri.getBaseUriBuilder().path("realms").path(realm.getName()).path("account/account-security/signing-in")
                .build().toString();
        return form.setError("gatehouse.assurance." + lacking.acr(), account).createErrorPage(Response.Status.FORBIDDEN);
    }

    private boolean changesAccount() {
        return login.getClientNote(Constants.KC_ACTION) != null;
    }

    /** Keeps the level for this login's tokens and, with its time, for later ones of the same session. */
    public void record(Level level) {
        store.setLevelAuthenticated(level.number());
        login.setUserSessionNote(Constants.LOA_MAP, login.getAuthNote(Constants.LOA_MAP));
    }

    /** Whether any level stands for this login, of its own or from the session that it continues. */
    public boolean isKnown() {
        return store.getLevelOfAuthenticationFromCurrentAuthentication() > Constants.MINIMUM_LOA;
    }
}
