<#-- The terms: a box to tick with a link to what is agreed to; without a published address the text opens on the page. -->
<#macro termsAcceptance>
    <#if termsAcceptanceRequired??>
        <#local invalid=messagesPerField.existsError('termsAccepted')>
        <div class="${properties.kcFormGroupClass!}" data-field="termsAccepted">
            <div class="${properties.kcCheckboxClass!}">
                <input type="checkbox" id="termsAccepted" name="termsAccepted" class="${properties.kcCheckboxInputClass!}" aria-required="true"<#if invalid> aria-invalid="true" aria-describedby="input-error-termsAccepted"</#if>>
                <label for="termsAccepted" class="${properties.kcCheckboxLabelClass!}">${msg("acceptTerms")}</label>
            </div>
            <#if properties.termsUrl?has_content>
                <p class="gh-help"><a href="${properties.termsUrl}" target="_blank" rel="noopener">${msg("gatehouse.terms.read")}</a></p>
            <#else>
                <details class="gh-details">
                    <summary>${msg("gatehouse.terms.read")}</summary>
                    <div id="kc-registration-terms-text">${kcSanitize(msg("termsText"))?no_esc}</div>
                </details>
            </#if>
            <#if invalid>
                <p id="input-error-termsAccepted" class="${properties.kcInputErrorMessageClass!}"><span class="${properties.kcInputErrorIconClass}" aria-hidden="true"></span> ${messagesPerField.get('termsAccepted')}</p>
            </#if>
        </div>
    </#if>
</#macro>

<#-- What a password must have, told before it is refused. -->
<#function passwordHelp>
    <#local length=(passwordPolicies.length)!-1>
    <#return (length?number gt 0)?then(msg("gatehouse.password.help", length), "")>
</#function>
