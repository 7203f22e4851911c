package io.gatehouse.keycloak.browser;

import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jboss.logging.Logger;
import org.keycloak.common.util.SecretGenerator;
import org.keycloak.credential.CredentialModel;
import org.keycloak.device.DeviceRepresentationProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.representations.account.DeviceRepresentation;
import org.keycloak.services.resources.RealmsResource;

import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.NewCookie;

/** The browsers in which people of a realm need no second factor for some days. */
public final class TrustedBrowsers {

    /** Attribute of the realm: for how many days, 1 to 30. Without it, or with anything else in it, no browser is trusted. */
    static final String DAYS = "gatehouse.trusted-browser-days";

    private static final Logger LOG = Logger.getLogger(TrustedBrowsers.class);
    private static final String COOKIE = "GATEHOUSE_BROWSER";
    private static final int MAX_DAYS = 30;
    private static final int MAX_BROWSERS = 10;
    /** 256 bits: nobody guesses it, so a plain digest of it is safe to store (OWASP ASVS 11.5.1). */
    private static final int TOKEN_BYTES = 32;

    private final KeycloakSession session;
    private final RealmModel realm;

    public TrustedBrowsers(KeycloakSession session) {
        this.session = session;
        this.realm = session.getContext().getRealm();
    }

    /** For how many days a browser is trusted in this realm; 0 is never. */
    int days() {
        String days = realm.getAttribute(DAYS);
        if (days == null || days.isBlank()) {
            return 0;
        }
        if (days.matches("[1-9][0-9]?") && Integer.parseInt(days) <= MAX_DAYS) {
            return Integer.parseInt(days);
        }
        LOG.warnf("%s of realm %s: expected 1 to %d; no browser is trusted", DAYS, realm.getName(), MAX_DAYS);
        return 0;
    }

    /** Whether this browser holds the token of one that {@code user} trusts. */
    boolean knows(UserModel user) {
        Cookie cookie = session.getContext().getHttpRequest().getHttpHeaders().getCookies().get(COOKIE);
        int dot = cookie == null ? -1 : cookie.getValue().indexOf('.');
        int days = days();
        if (dot < 0 || days == 0) {
            return false;
        }
        String id = cookie.getValue().substring(0, dot);
        String token = cookie.getValue().substring(dot + 1);
        return TrustedBrowser.of(user).filter(browser -> browser.getId().equals(id)).findFirst()
                .filter(browser -> TrustedBrowser.hasToken(browser, token) && TrustedBrowser.holds(browser, user, days)).isPresent();
    }

    /** Trusts this browser from now on; the oldest one goes when there are too many. */
    void trust(UserModel user) {
        prune(user);
        List<CredentialModel> present = TrustedBrowser.of(user).sorted(Comparator.comparing(CredentialModel::getCreatedDate)).toList();
        present.stream().limit(Math.max(0, present.size() - MAX_BROWSERS + 1)).forEach(oldest -> remove(user, oldest));
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(SecretGenerator.getInstance().randomBytes(TOKEN_BYTES));
        CredentialModel browser = user.credentialManager().createStoredCredential(TrustedBrowser.create(user, token, label(present)));
        String path = RealmsResource.realmBaseUrl(session.getContext().getUri()).build(realm.getName()).getRawPath();
        session.getContext().getHttpResponse().setCookieIfAbsent(new NewCookie.Builder(COOKIE).value(browser.getId() + "." + token)
                .path(path + "/").maxAge(days() * 24 * 60 * 60).httpOnly(true).secure(true).sameSite(NewCookie.SameSite.LAX).build());
    }

    /** Removes the browsers whose trust is over: too old, or from before password or factors changed. */
    public void prune(UserModel user) {
        int days = days();
        TrustedBrowser.of(user).filter(browser -> !TrustedBrowser.holds(browser, user, days)).toList()
                .forEach(browser -> remove(user, browser));
    }

    private static void remove(UserModel user, CredentialModel browser) {
        user.credentialManager().removeStoredCredentialById(browser.getId());
    }

    /** Such as "Chrome, Linux (2)", for the person to tell their browsers apart; Keycloak takes no label of a type twice. */
    private String label(List<CredentialModel> present) {
        DeviceRepresentation device = session.getProvider(DeviceRepresentationProvider.class).deviceRepresentation();
        String name = device == null ? "?" : device.getBrowser().replaceAll("/.*", "") + ", " + device.getOs();
        Set<String> taken = present.stream().map(CredentialModel::getUserLabel).collect(Collectors.toSet());
        return IntStream.iterate(1, number -> number + 1).mapToObj(number -> number == 1 ? name : name + " (" + number + ")")
                .filter(label -> !taken.contains(label)).findFirst().orElseThrow();
    }
}
