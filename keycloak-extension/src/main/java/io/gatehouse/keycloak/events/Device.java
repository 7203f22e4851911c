package io.gatehouse.keycloak.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

import org.jboss.logging.Logger;
import org.keycloak.device.DeviceRepresentationProvider;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.account.DeviceRepresentation;
import org.keycloak.utils.SecureContextResolver;

import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.NewCookie;

/**
 * The browser of a login: a random number that it keeps in a cookie, of which only a hash bound to the user leaves Keycloak, and the
 * names of browser and system for people to read. It tells a browser again, and nothing else.
 *
 * @param id      base64url of SHA-256 over number and user id
 * @param browser such as {@code Firefox}, or {@code null}
 * @param system  such as {@code Linux}, or {@code null}
 */
record Device(String id, String browser, String system) {

    static final String COOKIE = "GATEHOUSE_DEVICE";

    private static final Logger LOG = Logger.getLogger(Device.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern NUMBER = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 ._-]{1,40}");
    /** 400 days: browsers keep no cookie longer (RFC 6265bis). Each login starts them anew. */
    private static final int MAX_AGE = 400 * 24 * 60 * 60;

    /** The browser of the present request; {@code null} where there is none. A login never fails for its sake. */
    static Device of(KeycloakSession session, String userId) {
        try {
            KeycloakContext context = session.getContext();
            String number = number(session);
            DeviceRepresentation named = session.getProvider(DeviceRepresentationProvider.class).deviceRepresentation();
            return named == null ? hashed(number, userId, null, null)
                    : hashed(number, userId, named.getBrowser(), named.getOs());
        } catch (RuntimeException e) {
            LOG.debug("the browser of a login stays unknown", e);
            return null;
        }
    }

    static Device hashed(String number, String userId, String browser, String system) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((number + "." + userId).getBytes(StandardCharsets.UTF_8));
            return new Device(base64(hash), name(browser), name(system));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What the browser keeps, or a new number for it to keep; the same for all logins of one request. */
    private static String number(KeycloakSession session) {
        if (session.getAttribute(COOKIE) instanceof String known) {
            return known;
        }
        Cookie kept = session.getContext().getHttpRequest().getHttpHeaders().getCookies().get(COOKIE);
        String number = kept != null && NUMBER.matcher(kept.getValue()).matches() ? kept.getValue() : fresh();
        session.setAttribute(COOKIE, number);
        keep(session, number);
        return number;
    }

    /** Sent wherever Keycloak's own session cookie is: a silent login in a frame must not look like a new browser. */
    private static void keep(KeycloakSession session, String number) {
        KeycloakContext context = session.getContext();
        boolean secure = SecureContextResolver.isSecureContext(session);
        String base = context.getUri().getBaseUri().getRawPath();
        context.getHttpResponse().setCookieIfAbsent(new NewCookie.Builder(COOKIE)
                .value(number)
                .path(base + (base.endsWith("/") ? "" : "/") + "realms/" + context.getRealm().getName() + "/")
                .maxAge(MAX_AGE)
                .secure(secure)
                .httpOnly(true)
                .sameSite(secure ? NewCookie.SameSite.NONE : NewCookie.SameSite.LAX)
                .build());
    }

    private static String fresh() {
        byte[] number = new byte[32];
        RANDOM.nextBytes(number);
        return base64(number);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Without the version; a name that could hold more than a name is left out. */
    private static String name(String value) {
        String name = value == null ? "" : value.replaceFirst("/.*", "");
        return NAME.matcher(name).matches() && !name.equals("Other") ? name : null;
    }
}
