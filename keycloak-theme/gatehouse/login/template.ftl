<#-- The frame of every login page. Differs from keycloak.v2 where people need it: a summary of errors that takes the
     focus, "try another way" and the choice of language without JavaScript, and no PatternFly. -->
<#import "field.ftl" as field>
<#import "footer.ftl" as loginFooter>
<#import "errors.ftl" as errors>

<#macro username>
    <div class="gh-person">
        <span class="gh-person-name" id="kc-attempted-username">${auth.attemptedUsername}</span>
        <a id="reset-login" href="${url.loginRestartFlowUrl}">${msg("gatehouse.not-you")}</a>
    </div>
</#macro>

<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false>
<#assign problems=errors.fields()>
<#local heading><#nested "header"></#local>
<#local heading=heading?markup_string?replace("<!--.*?-->", "", "rs")?trim>
<!DOCTYPE html>
<html class="${properties.kcHtmlClass!}" lang="${lang}"<#if realm.internationalizationEnabled> dir="${(locale.rtl)?then('rtl','ltr')}"</#if><#if !(darkMode!true)> data-color-scheme="light"</#if>>
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light${darkMode?then(' dark', '')}">
    <meta name="robots" content="noindex, nofollow">
    <title><#if problems?has_content>${msg("gatehouse.error-prefix")} </#if>${heading?replace("<[^>]*>", "", "r")?no_esc} – ${realm.displayName!realm.name}</title>
    <link rel="icon" type="image/svg+xml" href="${url.resourcesCommonPath}/img/mark.svg">
    <#list properties.stylesCommon?split(' ') as style>
    <link rel="stylesheet" href="${url.resourcesCommonPath}/${style}">
    </#list>
    <#list properties.styles?split(' ') as style>
    <link rel="stylesheet" href="${url.resourcesPath}/${style}">
    </#list>
    <script type="importmap">{"imports": {"rfc4648": "${url.resourcesCommonPath}/vendor/rfc4648/rfc4648.js"}}</script>
    <#if scripts??>
    <#list scripts as script>
    <script src="${script}"></script>
    </#list>
    </#if>
    <script type="module" src="${url.resourcesPath}/js/passwordVisibility.js"></script>
    <script type="module" src="${url.resourcesPath}/js/gatehouse.js"></script>
    <script type="module">
        <#outputformat "JavaScript">
        import { startSessionPolling<#if authenticationSession??>, checkAuthSession</#if> } from ${(url.resourcesPath + "/js/authChecker.js")?c};
        startSessionPolling(${url.ssoLoginInOtherTabsUrl?c});
        <#if authenticationSession??>checkAuthSession(${authenticationSession.authSessionIdHash?c});</#if>
        </#outputformat>
    </script>
</head>
<body class="${bodyClass}" data-page-id="login-${pageId}">
<div class="${properties.kcLogin!}">
    <header class="gh-header" id="kc-header">
        <span class="gh-brand">
            <svg class="gh-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <rect width="32" height="32" rx="7"/><path d="M6 26V15a10 10 0 0 1 20 0v11h-4V15a6 6 0 0 0-12 0v11z"/><path d="M14 26v-9.5a2 2 0 0 1 4 0V26z"/>
            </svg>
            <span class="gh-brand-name">${realm.displayName!realm.name}</span>
        </span>
    </header>
    <main class="${properties.kcLoginContainer!}">
        <div class="${properties.kcLoginMain!}">
            <#if problems?has_content>
                <@errors.summary problems=problems/>
            <#elseif displayMessage && message?has_content && (message.type != 'warning' || !isAppInitiatedAction??)>
                <@errors.notice message=message/>
            </#if>
            <div class="${properties.kcLoginMainHeader!}">
                <h1 class="${properties.kcLoginMainTitle!}" id="kc-page-title">${heading?no_esc}</h1>
            </div>
            <div class="${properties.kcLoginMainBody!}">
                <#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
                    <#nested "show-username">
                    <@username/>
                </#if>

                <#nested "form">

                <#if auth?has_content && auth.showTryAnotherWayLink()>
                    <form id="kc-select-try-another-way-form" action="${url.loginAction}" method="post">
                        <button type="submit" id="try-another-way" name="tryAnotherWay" value="on" class="${properties.kcButtonSecondaryClass!} ${properties.kcButtonBlockClass!}">${msg("doTryAnotherWay")}</button>
                    </form>
                </#if>
                <#if switchOrganizationEnabled?? && switchOrganizationEnabled>
                    <form id="kc-switch-organization-form" action="${url.loginAction}" method="post">
                        <button type="submit" id="switch-organization" name="switchOrganization" value="true" class="${properties.kcButtonSecondaryClass!} ${properties.kcButtonBlockClass!}">${msg("doSwitchOrganization")}</button>
                    </form>
                </#if>

                <#nested "socialProviders">
            </div>
            <#if displayInfo>
                <div id="kc-info" class="${properties.kcLoginMainFooter!}">
                    <div id="kc-info-wrapper"><#nested "info"></div>
                </div>
            </#if>
            <@loginFooter.content/>
        </div>
    </main>
    <footer class="gh-footer">
        <#if realm.internationalizationEnabled && locale.supported?size gt 1>
            <nav class="gh-languages" aria-label="${msg("languages")}">
                <ul>
                    <#list locale.supported?sort_by("label") as l>
                        <li><#if l.languageTag == locale.currentLanguageTag><span lang="${l.languageTag}" aria-current="true">${l.label}</span><#else><a href="${l.url}" lang="${l.languageTag}" hreflang="${l.languageTag}">${l.label}</a></#if></li>
                    </#list>
                </ul>
            </nav>
        </#if>
    </footer>
</div>
</body>
</html>
</#macro>
