<#-- Registration: person, company, then password and terms. The profile of the realm decides fields and order. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<#import "user-profile-commons.ftl" as userProfileCommons>
<#import "register-commons.ftl" as registerCommons>
<#import "password-validation.ftl" as validator>
<@layout.registrationLayout displayMessage=messagesPerField.exists('global') displayInfo=true; section>
    <#if section = "header">
        <#if messageHeader??>${msg(messageHeader)}<#else>${msg("registerTitle")}</#if>
    <#elseif section = "form">
        <form id="kc-register-form" class="${properties.kcFormClass!}" action="${url.registrationAction}" method="post" novalidate="novalidate">
            <@userProfileCommons.userProfileFormFields; moment, attribute>
                <#if moment = "beforeField" && attribute.name = "company"><h2 class="gh-section">${msg("gatehouse.register.company")}</h2></#if>
            </@userProfileCommons.userProfileFormFields>

            <#if passwordRequired??>
                <h2 class="gh-section">${msg("gatehouse.register.password")}</h2>
                <@field.password name="password" required=true label=msg("password") autocomplete="new-password" help=registerCommons.passwordHelp()/>
                <@field.password name="password-confirm" required=true label=msg("passwordConfirm") autocomplete="new-password"/>
            </#if>

            <@registerCommons.termsAcceptance/>

            <#if recaptchaRequired?? && (recaptchaVisible!false)>
                <div class="g-recaptcha" data-size="compact" data-sitekey="${recaptchaSiteKey}" data-action="${recaptchaAction}"></div>
            </#if>
            <#if recaptchaRequired?? && !(recaptchaVisible!false)>
                <script>
                    function onSubmitRecaptcha() { document.getElementById("kc-register-form").requestSubmit(); }
                </script>
                <div class="${properties.kcFormActionGroupClass!}">
                    <button class="${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!} g-recaptcha" data-sitekey="${recaptchaSiteKey}"
                            data-callback="onSubmitRecaptcha" data-action="${recaptchaAction}" type="submit" id="kc-submit">${msg("doRegister")}</button>
                </div>
            <#else>
                <@buttons.actionGroup><@buttons.button id="kc-submit" name="register" label="doRegister"/></@buttons.actionGroup>
            </#if>
        </form>
        <#if passwordRequired??>
            <@validator.templates/>
            <@validator.script field="password"/>
        </#if>
    <#elseif section = "info">
        <span>${msg("gatehouse.have-account")} <a href="${url.loginUrl}">${msg("doLogIn")}</a></span>
    </#if>
</@layout.registrationLayout>
