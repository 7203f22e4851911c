package io.gatehouse.keycloak.otp;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.JsonSerialization;

import io.gatehouse.keycloak.otp.service.Challenge;
import io.gatehouse.keycloak.otp.service.ChallengeRequest;
import io.gatehouse.keycloak.otp.service.Delivery;
import io.gatehouse.keycloak.otp.service.Factor;
import io.gatehouse.keycloak.otp.service.OtpResult;
import io.gatehouse.keycloak.otp.service.OtpService;
import io.gatehouse.keycloak.otp.service.Purpose;

/**
 * The code that one person is asked for at one step of one login. What is known of it lives in a note of the authentication session
 * whose name holds step, person and purpose, so that what was gained at one step can never count at another.
 */
final class CodeSession {

    /** Note that names the note of the code whose page was shown last. */
    private static final String SHOWN = "gatehouse.code.shown";
    /** Ending of the note that holds what was typed, for as long as the enrolment lasts. */
    private static final String TYPED = ".typed";
    /** Ending of the note that names the attempt to prove a code, for as long as its answer is not known. */
    private static final String ATTEMPT = ".attempt";

    private final KeycloakSession session;
    private final AuthenticationSessionModel login;
    private final UserModel user;
    private final Channel channel;
    private final Purpose purpose;
    private final String note;

    /** @param step id of the execution or of the required action */
    CodeSession(KeycloakSession session, AuthenticationSessionModel login, UserModel user, Channel channel, Purpose purpose, String step) {
        this.session = session;
        this.login = login;
        this.user = user;
        this.channel = channel;
        this.purpose = purpose;
        this.note = "gatehouse.code." + step + "." + user.getId() + "." + purpose.id();
    }

    Channel channel() {
        return channel;
    }

    Purpose purpose() {
        return purpose;
    }

    /** What was sent at this step, even if it has expired. */
    Optional<Challenge> current() {
        return read(login, note);
    }

    /** The code whose page this login has shown last. There is no way to name another one. */
    static Optional<Challenge> shown(AuthenticationSessionModel login) {
        return Optional.ofNullable(login.getAuthNote(SHOWN)).flatMap(note -> read(login, note));
    }

    private static Optional<Challenge> read(AuthenticationSessionModel login, String note) {
        String json = login.getAuthNote(note);
        try {
            return json == null ? Optional.empty() : Optional.of(JsonSerialization.readValue(json, Challenge.class));
        } catch (IOException e) {
            login.removeAuthNote(note);
            return Optional.empty();
        }
    }

    Delivery delivery(Challenge challenge) {
        return service().delivery(challenge.id());
    }

    /** Where the page asks for news of the delivery: for this tab of this login, which its cookie proves. */
    URI newsAddress() {
        return session.getContext().getUri().getBaseUriBuilder().path("realms").path(login.getRealm().getName()).path("gatehouse/code-delivery")
                .queryParam("client_id", login.getClient().getClientId()).queryParam("tab_id", login.getTabId()).build();
    }

    /** Masked, what the person had on this channel before they came here. */
    Optional<String> imported() {
        return service().imported(login.getRealm().getName(), user.getId(), channel.id());
    }

    void forget() {
        login.removeAuthNote(note);
        login.removeAuthNote(note + TYPED);
        login.removeAuthNote(note + ATTEMPT);
    }

    /** @param destination for the enrolment of what was typed, otherwise {@code null}: the service knows it */
    OtpResult<Challenge> issue(String destination) {
        if (destination == null) {
            login.removeAuthNote(note + TYPED);
        } else {
            login.setAuthNote(note + TYPED, destination);
        }
        return issueAgain();
    }

    /** Asks for a code to where the last one went. */
    OtpResult<Challenge> issueAgain() {
        String destination = login.getAuthNote(note + TYPED);
        return keep(service().issue(new ChallengeRequest(login.getRealm().getName(), user.getId(), id(), purpose.id(),
                login.getClient().getClientId(), channel.id(), destination,
                session.getContext().resolveLocale(user).toLanguageTag(), session.getContext().getConnection().getRemoteHost())));
    }

    OtpResult<Challenge> resend(Challenge challenge) {
        return keep(service().resend(challenge.id(), id()));
    }

    /**
     * A right code counts once. If its answer was lost, the service may have carried it out all the same, so the next try with it is
     * the same attempt, to which the service repeats what it said.
     */
    OtpResult<Factor> verify(Challenge challenge, String code) {
        OtpResult<Factor> result = service().verify(challenge.id(), id(), code, attempt());
        if (!(result instanceof OtpResult.Unavailable<Factor>)) {
            login.removeAuthNote(note + ATTEMPT);
        }
        if (result instanceof OtpResult.Ok<Factor> ok) {
            forget();
            // A right code proves the channel it went by, no other.
            return channel.id().equals(ok.value().channel()) ? result : new OtpResult.Unavailable<>();
        }
        if (result instanceof OtpResult.Refused<Factor> refused && refused.attemptsLeft() != null) {
            store(challenge.withAttemptsLeft(refused.attemptsLeft()));
        }
        return result;
    }

    private String attempt() {
        String unanswered = login.getAuthNote(note + ATTEMPT);
        String attempt = unanswered == null ? UUID.randomUUID().toString() : unanswered;
        login.setAuthNote(note + ATTEMPT, attempt);
        return attempt;
    }

    /** One tab of one login: Keycloak gives each tab its own steps. */
    private String id() {
        return login.getParentSession().getId() + "." + login.getTabId();
    }

    private OtpResult<Challenge> keep(OtpResult<Challenge> result) {
        if (result instanceof OtpResult.Ok<Challenge> ok) {
            store(ok.value());
        }
        return result;
    }

    private void store(Challenge challenge) {
        try {
            login.setAuthNote(note, JsonSerialization.writeValueAsString(challenge));
            login.setAuthNote(SHOWN, note);
        } catch (IOException e) {
            throw new IllegalStateException("strings and numbers are always writable as JSON", e);
        }
    }

    private OtpService service() {
        return session.getProvider(OtpService.class);
    }
}
