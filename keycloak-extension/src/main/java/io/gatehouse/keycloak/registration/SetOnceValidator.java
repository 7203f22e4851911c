package io.gatehouse.keycloak.registration;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

import org.keycloak.models.UserModel;
import org.keycloak.userprofile.AttributeContext;
import org.keycloak.userprofile.UserProfileAttributeValidationContext;
import org.keycloak.userprofile.UserProfileContext;
import org.keycloak.validate.SimpleValidator;
import org.keycloak.validate.ValidationContext;
import org.keycloak.validate.ValidationError;
import org.keycloak.validate.ValidatorConfig;

/**
 * For profile attributes that people fill in once and only administrators change afterwards. No set of permissions says that: whoever
 * may write a field at registration may also write it in the account console.
 */
public class SetOnceValidator implements SimpleValidator {

    @Override
    public String getId() {
        return "gh-set-once";
    }

    @Override
    public ValidationContext validate(Object input, String hint, ValidationContext context, ValidatorConfig config) {
        AttributeContext attribute = ((UserProfileAttributeValidationContext) context).getAttributeContext();
        UserModel user = attribute.getUser();
        if (user == null || attribute.getContext() == UserProfileContext.USER_API) {
            return context;
        }
        List<String> present = filled(user.getAttributeStream(hint).toList());
        List<String> wanted = filled(input instanceof Collection<?> values ? List.copyOf(values) : List.of());
        if (!present.isEmpty() && !present.equals(wanted)) {
            context.addError(new ValidationError(getId(), hint, "error-user-attribute-read-only"));
        }
        return context;
    }

    private static List<String> filled(Collection<?> values) {
        return values.stream().filter(Objects::nonNull).map(Object::toString).filter(value -> !value.isEmpty()).toList();
    }
}
