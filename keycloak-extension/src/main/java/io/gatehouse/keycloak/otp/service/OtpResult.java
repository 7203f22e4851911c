package io.gatehouse.keycloak.otp.service;

/** What came of a call: an answer, a refusal with a reason for the person, or nothing that may be believed. */
public sealed interface OtpResult<T> {

    record Ok<T>(T value) implements OtpResult<T> {
    }

    /**
     * @param problem           stable code, for example {@code otp/code-wrong}
     * @param attemptsLeft      tries left, or {@code null} if the problem does not tell
     * @param retryAfterSeconds how long to wait, or {@code null} if the problem does not tell
     */
    record Refused<T>(String problem, Integer attemptsLeft, Long retryAfterSeconds) implements OtpResult<T> {
    }

    /** The service could not be reached, or what answered could not prove to be it. The door stays shut. */
    record Unavailable<T>() implements OtpResult<T> {
    }
}
