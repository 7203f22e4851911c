package io.gatehouse.keycloak.otp.service;

import java.util.Optional;

import org.keycloak.provider.Provider;

/** The service that sends and checks codes, and says who may sign up. Implementations never throw for a service that is away, slow or not to be trusted. */
public interface OtpService extends Provider {

    /** Sends a code, or returns the live challenge of the same session, purpose and channel without sending again. */
    OtpResult<Challenge> issue(ChallengeRequest request);

    OtpResult<Challenge> resend(String challengeId, String authSessionId);

    /** @param attempt a random name, kept for as long as no answer is known: under it the service carries out a code once, and answers again */
    OtpResult<Factor> verify(String challengeId, String authSessionId, String code, String attempt);

    /** The masked destination that the person had on a channel before they came here, and has not proven yet. */
    Optional<String> imported(String realm, String userId, String channel);

    /** Whether somebody may sign up; who may not is noted there. */
    Admission admission(AdmissionRequest request);

    /** What has become of the message. The caller makes sure that the challenge is one of the login that asks. */
    Delivery delivery(String challengeId);
}
