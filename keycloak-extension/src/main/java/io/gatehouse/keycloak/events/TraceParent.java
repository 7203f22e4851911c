package io.gatehouse.keycloak.events;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import org.jboss.logging.Logger;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.tracing.TracingProviderUtil;

import io.opentelemetry.api.trace.SpanContext;

/** W3C Trace Context: the {@code traceparent} that links a request to what it caused. */
public final class TraceParent {

    public static final String HEADER = "traceparent";

    private static final Logger LOG = Logger.getLogger(TraceParent.class);
    private static final Pattern VALID = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceParent() {
    }

    /** That of Keycloak's own span if it traces, else that which the request names, else a fresh one. */
    public static String current(KeycloakSession session) {
        SpanContext span = TracingProviderUtil.getTracingProvider(session).getCurrentSpan().getSpanContext();
        if (span.isValid()) {
            return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex();
        }
        String received = received(session);
        return received != null && VALID.matcher(received).matches() ? received : fresh();
    }

    static String fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] id = new byte[24];
        random.nextBytes(id);
        // All-zero ids are invalid; the two highest bits make sure that neither part is.
        id[0] |= (byte) 0x80;
        id[16] |= (byte) 0x80;
        String hex = HexFormat.of().formatHex(id);
        return "00-" + hex.substring(0, 32) + "-" + hex.substring(32) + "-00";
    }

    private static String received(KeycloakSession session) {
        try {
            HttpRequest request = session.getContext().getHttpRequest();
            return request == null ? null : request.getHttpHeaders().getHeaderString(HEADER);
        } catch (RuntimeException e) {
            // Background sessions have no request, and Keycloak's contexts say so in different ways.
            LOG.trace("no request to take a trace context from", e);
            return null;
        }
    }
}
