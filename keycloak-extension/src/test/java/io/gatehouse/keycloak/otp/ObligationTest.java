package io.gatehouse.keycloak.otp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;

class ObligationTest {

    private static boolean mandatory(String client, String realm, String server) {
        return new Obligation(server).isMandatory(with(RealmModel.class, realm), with(ClientModel.class, client));
    }

    /** A model that has this attribute, under whatever name it is asked for, and nothing else. */
    private static <T> T with(Class<T> type, String attribute) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> method.getName().equals("getAttribute") ? attribute : null));
    }

    @Test
    void nothingAnywhereMeansMandatory() {
        assertEquals(true, mandatory(null, null, null));
    }

    @Test
    void onlyTheVeryWordLetsAnybodyGoWithout() {
        assertEquals(false, mandatory("optional", null, null));
        assertEquals(false, mandatory(" Optional ", null, null));
        for (String broken : List.of("", "false", "off", "none", "optinal", "optional;", "0")) {
            assertEquals(true, mandatory(broken, null, null), broken);
            assertEquals(true, mandatory(null, broken, "optional"), broken);
            assertEquals(true, mandatory(null, null, broken), broken);
        }
    }

    @Test
    void theClientDecidesBeforeTheRealmAndTheRealmBeforeTheServer() {
        assertEquals(true, mandatory("mandatory", "optional", "optional"));
        assertEquals(false, mandatory("optional", "mandatory", "mandatory"));
        assertEquals(true, mandatory(null, "mandatory", "optional"));
        assertEquals(false, mandatory(null, null, "optional"));
    }
}
