<#-- Forgotten password: what will happen is told before the field, and the browser may fill the address in. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "buttons.ftl" as buttons>
<@layout.registrationLayout displayInfo=true displayMessage=!messagesPerField.existsError('username'); section>
    <#if section = "header">
        ${msg("emailForgotTitle")}
    <#elseif section = "form">
        <p class="instruction">${realm.duplicateEmailsAllowed?then(msg("emailInstructionUsername"), msg("emailInstruction"))}</p>
        <form id="kc-reset-password-form" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post" novalidate="novalidate">
            <#assign label=realm.loginWithEmailAllowed?then(realm.registrationEmailAsUsername?then(msg("email"), msg("usernameOrEmail")), msg("username"))>
            <@field.input name="username" label=label value=(auth.attemptedUsername)!'' autocomplete="username" required=true autofocus=true/>
            <@buttons.actionGroup><@buttons.button id="kc-form-buttons" label="gatehouse.reset.submit"/></@buttons.actionGroup>
        </form>
    <#elseif section = "info">
        <a href="${url.loginUrl}">${msg("backToLogin")}</a>
    </#if>
</@layout.registrationLayout>
