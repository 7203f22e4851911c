<#-- The code of an authenticator app. Keycloak's page lets only a mouse choose between two devices; here they are radio buttons. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('totp'); section>
    <#if section = "header">
        ${msg("gatehouse.totp.title")}
    <#elseif section = "form">
        <form id="kc-otp-login-form" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post" novalidate="novalidate">
            <#if otpLogin.userOtpCredentials?size gt 1>
                <fieldset class="gh-fieldset">
                    <legend class="${properties.kcFormGroupHeader!}">${msg("gatehouse.totp.device")}</legend>
                    <#list otpLogin.userOtpCredentials as credential>
                        <div class="${properties.kcCheckboxClass!}">
                            <input type="radio" class="${properties.kcCheckboxInputClass!}" id="kc-otp-credential-${credential?index}" name="selectedCredentialId" value="${credential.id}"<#if credential.id == otpLogin.selectedCredentialId!''> checked</#if>>
                            <label for="kc-otp-credential-${credential?index}" class="${properties.kcCheckboxLabelClass!}">${credential.userLabel!msg("otp-display-name")}</label>
                        </div>
                    </#list>
                </fieldset>
            <#else>
                <input id="selectedCredentialId" type="hidden" name="selectedCredentialId" value="${otpLogin.selectedCredentialId!''}">
            </#if>
            <@field.input name="otp" label=msg("loginOtpOneTime") autocomplete="one-time-code" fieldName="totp" required=true autofocus=true/>
            <@buttons.loginButton/>
        </form>
    </#if>
</@layout.registrationLayout>
