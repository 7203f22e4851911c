<#-- Asks for a one-time code. Needs: otp (channel, hint, delivery, newsAddress, codeLength, expiresAt, resendInSeconds, attemptsLeft,
     purpose), canChange. -->
<#import "template.ftl" as layout>
<#assign invalid=messagesPerField.existsError('code')>
<@layout.registrationLayout displayMessage=!invalid; section>
    <#if section = "header">
        ${msg("gatehouse.code." + otp.channel + ".title")}
    <#elseif section = "form">
        <#-- what has become of the message; a script keeps it up to date, without one the button below asks again -->
        <p id="gatehouse-delivery" class="instruction" role="status" aria-live="polite" data-state="${otp.delivery}"
           data-news="${otp.newsAddress}">${msg("gatehouse.delivery." + otp.channel + "." + otp.delivery, otp.hint)}</p>
        <noscript>
            <form id="gatehouse-check" action="${url.loginAction}" method="post">
                <button type="submit" name="action" value="check" class="${properties.kcButtonLinkClass!}">${msg("gatehouse.delivery.check")}</button>
            </form>
        </noscript>
        <form id="gatehouse-code" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post">
            <div class="${properties.kcFormGroupClass!}">
                <div class="${properties.kcFormGroupLabelClass!}">
                    <label for="code" class="${properties.kcFormLabelClass!}">
                        <span class="${properties.kcFormLabelTextClass!}">${msg("gatehouse.code.label", otp.codeLength)}</span>
                    </label>
                </div>
                <span class="gatehouse-code-field ${properties.kcInputClass!} <#if invalid>${properties.kcError!}</#if>">
                    <#-- spaces and hyphens are allowed: people paste codes as they see them, the server cleans them -->
                    <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" required
                           pattern="[\s\-]*([0-9][\s\-]*){${otp.codeLength?c}}" title="${msg("gatehouse.code.label", otp.codeLength)}"
                           maxlength="32" autocapitalize="off" spellcheck="false" enterkeyhint="done"
                           aria-describedby="code-help<#if invalid> input-error-code</#if>"
                           <#if invalid>aria-invalid="true"<#else>autofocus</#if>/>
                </span>
                <p id="code-help" class="gatehouse-help">
                    <#if !invalid><span>${msg("gatehouse.code.tries", otp.attemptsLeft)}</span></#if>
                    <span data-gatehouse-expires="${otp.expiresAt!''}" data-text="${msg("gatehouse.code.until")}" hidden></span>
                </p>
                <#if invalid>
                    <p id="input-error-code" class="${properties.kcInputErrorMessageClass!}">${messagesPerField.get('code')}</p>
                </#if>
            </div>
            <div class="${properties.kcFormActionGroupClass!}">
                <button type="submit" id="gatehouse-verify" class="${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("gatehouse.code.submit")}</button>
            </div>
        </form>
        <section class="gatehouse-resend" aria-labelledby="gatehouse-resend-title">
            <h2 id="gatehouse-resend-title">${msg("gatehouse.resend.title")}</h2>
            <p>${msg("gatehouse.resend.help." + otp.channel)}</p>
            <#-- a form of its own, so that Enter in the code field always means "check this code" -->
            <form id="gatehouse-resend" action="${url.loginAction}" method="post"
                  data-seconds="${(otp.resendInSeconds!0)?c}" data-wait="${msg("gatehouse.resend.wait")}" data-ready="${msg("gatehouse.resend.ready")}">
                <button type="submit" name="action" value="resend" class="${properties.kcButtonSecondaryClass!} ${properties.kcButtonBlockClass!}">${msg("gatehouse.resend.submit")}</button>
            </form>
            <#if canChange!false>
                <form id="gatehouse-change" action="${url.loginAction}" method="post">
                    <button type="submit" name="action" value="change" class="${properties.kcButtonLinkClass!}">${msg("gatehouse.code." + otp.channel + ".change")}</button>
                </form>
            </#if>
        </section>
    </#if>
</@layout.registrationLayout>
