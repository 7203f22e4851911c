package io.gatehouse.keycloak.otp;

import java.util.Optional;
import java.util.Set;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.CredentialValidator;
import org.keycloak.authentication.authenticators.util.AuthenticatorUtils;
import org.keycloak.credential.CredentialProvider;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.services.resources.LoginActionsService;

import io.gatehouse.keycloak.otp.service.Challenge;
import io.gatehouse.keycloak.otp.service.OtpResult;
import io.gatehouse.keycloak.otp.service.Problems;
import io.gatehouse.keycloak.otp.service.Purpose;

/**
 * Second step of a login: a code by SMS or e-mail. A code is sent on arrival at the step and when the person asks for it; a reload,
 * the back button and "try another way" show the same page again and send nothing.
 */
final class FactorAuthenticator implements Authenticator, CredentialValidator<FactorCredentialProvider> {

    /**
     * Keycloak's brute-force protection counts failures of known categories only ({@code DefaultBruteForceProtector}); it ignores ours,
     * which stays separate so that each channel can have its own level of assurance. So the failures are reported here, as what they are.
     */
    private static final Set<String> COUNTED_AS = Set.of(OTPCredentialModel.TYPE);

    private final Channel channel;

    FactorAuthenticator(Channel channel) {
        this.channel = channel;
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        CodeSession code = code(context);
        Optional<Challenge> current = code.current();
        if (current.isPresent()) {
            context.challenge(pages(context, code).ask(current.get()));
        } else if (lockedOut(context) != null) {
            context.challenge(pages(context, code).unavailable());
        } else {
            send(context, code);
        }
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        CodeSession code = code(context);
        Optional<Challenge> current = code.current();
        String lockout = lockedOut(context);
        if (lockout != null) {
            refuse(context, code, lockout);
        } else if (current.isEmpty()) {
            send(context, code);
        } else {
            finish(context, new CodeDialogue(code, pages(context, code))
                    .answer(current.get(), context.getHttpRequest().getDecodedFormParameters()));
        }
    }

    private void finish(AuthenticationFlowContext context, CodeDialogue.Outcome outcome) {
        if (outcome.proved() != null) {
            if (context.getRealm().isBruteForceProtected()) {
                context.getProtector().successfulLogin(
                        context.getRealm(), context.getUser(), context.getConnection(), context.getUriInfo(), COUNTED_AS);
            }
            context.success(channel.credentialType());
        } else if (outcome.wrongCode()) {
            context.getEvent().user(context.getUser()).error(Errors.INVALID_USER_CREDENTIALS);
            if (context.getRealm().isBruteForceProtected()) {
                context.getProtector().failedLogin(
                        context.getRealm(), context.getUser(), context.getConnection(), context.getUriInfo(), COUNTED_AS);
            }
            context.failureChallenge(AuthenticationFlowError.INVALID_CREDENTIALS, outcome.page());
        } else {
            context.challenge(outcome.page());
        }
    }

    private void send(AuthenticationFlowContext context, CodeSession code) {
        CodePages pages = pages(context, code);
        OtpResult<Challenge> result = code.issue(null);
        if (result instanceof OtpResult.Ok<Challenge> sent) {
            context.challenge(pages.ask(sent.value()));
        } else if (result instanceof OtpResult.Refused<Challenge> refused) {
            context.challenge(pages.unavailable(refused));
        } else {
            context.challenge(pages.unavailable());
        }
    }

    /** A locked account looks like a wrong code, so that nobody learns when a guess was right or the lock took hold. */
    private void refuse(AuthenticationFlowContext context, CodeSession code, String error) {
        context.getEvent().user(context.getUser()).error(error);
        CodePages pages = pages(context, code);
        context.forceChallenge(code.current()
                .map(challenge -> pages.askAgain(challenge, Problems.CODE_WRONG, challenge.attemptsLeft()))
                .orElseGet(pages::unavailable));
    }

    private static String lockedOut(AuthenticationFlowContext context) {
        return AuthenticatorUtils.getDisabledByBruteForceEventError(context, context.getUser());
    }

    private CodeSession code(AuthenticationFlowContext context) {
        Purpose purpose = LoginActionsService.RESET_CREDENTIALS_PATH.equals(context.getFlowPath()) ? Purpose.RESET : Purpose.LOGIN;
        return new CodeSession(context.getSession(), context.getAuthenticationSession(), context.getUser(), channel, purpose,
                context.getExecution().getId());
    }

    private static CodePages pages(AuthenticationFlowContext context, CodeSession code) {
        return new CodePages(context::form, code, false);
    }

    @Override
    public boolean requiresUser() {
        return true;
    }

    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return user.credentialManager().getStoredCredentialsByTypeStream(channel.credentialType()).findAny().isPresent();
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
        // enrolment is offered by EnrolChooser, with a choice
    }

    @Override
    public FactorCredentialProvider getCredentialProvider(KeycloakSession session) {
        return (FactorCredentialProvider) session.getProvider(CredentialProvider.class, channel.credentialType());
    }

    @Override
    public void close() {
        // holds nothing
    }
}
