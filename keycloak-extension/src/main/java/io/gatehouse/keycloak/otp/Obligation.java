package io.gatehouse.keycloak.otp;

import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import org.jboss.logging.Logger;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;

/**
 * Whether people without a second factor have to enrol one. Who has a factor is asked for it whatever stands here.
 *
 * <p>The attribute of the client decides before that of the realm, and that before the option of the server. Only the very word
 * {@code optional} lets anybody go without; whatever else is written there, or nothing anywhere, means mandatory.
 */
record Obligation(String serverOption) {

    /** Name of the attribute of a client or a realm. */
    static final String ATTRIBUTE = "gatehouse.second-factor";

    private static final Logger LOG = Logger.getLogger(Obligation.class);
    private static final String OPTIONAL = "optional";
    private static final String MANDATORY = "mandatory";

    boolean isMandatory(RealmModel realm, ClientModel client) {
        String value = Stream.of(client.getAttribute(ATTRIBUTE), realm.getAttribute(ATTRIBUTE), serverOption)
                .filter(Objects::nonNull).findFirst().orElse(MANDATORY).strip().toLowerCase(Locale.ROOT);
        if (!value.equals(OPTIONAL) && !value.equals(MANDATORY)) {
            LOG.warnf("%s of client %s: expected optional or mandatory; taken for mandatory", ATTRIBUTE, client.getClientId());
        }
        return !value.equals(OPTIONAL);
    }
}
