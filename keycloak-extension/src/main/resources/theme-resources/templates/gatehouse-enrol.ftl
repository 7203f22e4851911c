<#-- Where codes shall go. Needs: channel (sms|email), destination, countries (ISO 3166 codes, SMS only), imported (masked, what the person
     had before; empty when there is none), canChoose. -->
<#import "template.ftl" as layout>
<#assign invalid=messagesPerField.existsError('destination')>
<#assign known=(imported!'')?has_content>
<@layout.registrationLayout displayMessage=!invalid; section>
    <#if section = "header">
        ${msg("gatehouse.enrol." + channel + ".title")}
    <#elseif section = "form">
        <#if known>
            <form id="gatehouse-imported" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post">
                <p class="instruction">${msg("gatehouse.enrol." + channel + ".imported", imported)}</p>
                <div class="${properties.kcFormActionGroupClass!}">
                    <button type="submit" name="action" value="imported" <#if !invalid>autofocus</#if>
                            class="${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("gatehouse.enrol.imported.submit")}</button>
                </div>
            </form>
        </#if>
        <form id="gatehouse-enrol" class="${properties.kcFormClass!}" action="${url.loginAction}" method="post" novalidate="novalidate">
            <div class="${properties.kcFormGroupClass!}">
                <div class="${properties.kcFormGroupLabelClass!}">
                    <label for="destination" class="${properties.kcFormLabelClass!}">
                        <span class="${properties.kcFormLabelTextClass!}">${msg("gatehouse.enrol." + channel + known?then(".other", ".label"))}</span>
                    </label>
                </div>
                <span class="${properties.kcInputClass!} <#if invalid>${properties.kcError!}</#if>">
                    <input id="destination" name="destination" value="${(destination)!''}" required
                           <#if channel = "sms">type="tel" inputmode="tel" autocomplete="tel" maxlength="40"
                           <#else>type="email" inputmode="email" autocomplete="email" maxlength="254" autocapitalize="off" spellcheck="false"</#if>
                           aria-describedby="destination-help<#if invalid> input-error-destination</#if>"
                           <#if invalid>aria-invalid="true"<#elseif !known>autofocus</#if>/>
                </span>
                <p id="destination-help" class="gatehouse-help">
                    ${msg("gatehouse.enrol." + channel + ".help")}
                    <#if channel = "sms" && countries?has_content>
                        <#assign names><#list countries as country>${msg("gatehouse.country." + country)}<#sep>${msg("gatehouse.list-separator")} </#sep></#list></#assign>
                        ${msg("gatehouse.enrol.sms.countries", names?markup_string)}
                    </#if>
                </p>
                <#if invalid>
                    <p id="input-error-destination" class="${properties.kcInputErrorMessageClass!}">${messagesPerField.get('destination')}</p>
                </#if>
            </div>
            <div class="${properties.kcFormActionGroupClass!}">
                <button type="submit" id="gatehouse-send" class="${known?then(properties.kcButtonSecondaryClass!, properties.kcButtonPrimaryClass!)} ${properties.kcButtonBlockClass!}">${msg("gatehouse.enrol.submit")}</button>
            </div>
        </form>
        <section class="gatehouse-notice" aria-labelledby="gatehouse-notice-title">
            <h2 id="gatehouse-notice-title">${msg("gatehouse.enrol." + channel + ".notice.title")}</h2>
            <p>${msg("gatehouse.enrol." + channel + ".notice.text")} ${msg("gatehouse.enrol.notice.confirm")}</p>
            <#if canChoose!false>
                <form id="gatehouse-choose" action="${url.loginAction}" method="post">
                    <button type="submit" name="action" value="choose" class="${properties.kcButtonSecondaryClass!} ${properties.kcButtonBlockClass!}">${msg("gatehouse.enrol.choose")}</button>
                </form>
            </#if>
        </section>
    </#if>
</@layout.registrationLayout>
