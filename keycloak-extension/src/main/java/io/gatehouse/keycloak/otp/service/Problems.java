package io.gatehouse.keycloak.otp.service;

import java.util.Set;

/** Problem codes of the service that the pages know. */
public final class Problems {

    public static final String CODE_WRONG = "otp/code-wrong";
    public static final String CODE_EXPIRED = "otp/code-expired";
    public static final String ALREADY_USED = "otp/already-used";
    public static final String NOT_FOUND = "otp/not-found";
    public static final String LOCKED = "otp/locked";
    public static final String RATE_LIMITED = "otp/rate-limited";
    public static final String DESTINATION_INVALID = "otp/destination-invalid";
    public static final String NO_FACTOR = "otp/no-factor";
    public static final String DELIVERY_UNAVAILABLE = "otp/delivery-unavailable";
    public static final String ADMISSION_LIMITED = "admission/rate-limited";

    private static final Set<String> FOR_PEOPLE = Set.of(CODE_WRONG, CODE_EXPIRED, ALREADY_USED, NOT_FOUND, LOCKED, RATE_LIMITED,
            DESTINATION_INVALID, NO_FACTOR, DELIVERY_UNAVAILABLE, ADMISSION_LIMITED);
    private static final Set<String> CHALLENGE_OVER = Set.of(CODE_EXPIRED, ALREADY_USED, NOT_FOUND);

    private Problems() {
    }

    /** Whether a person can do something about it; the rest is between the two programs. */
    static boolean forPeople(String problem) {
        return FOR_PEOPLE.contains(problem);
    }

    /** Whether the code cannot be entered any more and a new one has to be asked for. */
    public static boolean endsChallenge(String problem) {
        return CHALLENGE_OVER.contains(problem);
    }

    /** Key of the sentence that explains it. */
    public static String messageKey(String problem) {
        return "gatehouse." + problem.replace('/', '.');
    }
}
