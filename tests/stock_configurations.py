"""What distributions install, in the same directives and other words.

Each is {file below the server root: text}, in which {root} is that root.
"""

from __future__ import annotations

import re

FEDORA = {
    "conf/httpd.conf": """
# The main file of Fedora and its relatives, httpd 2.4.
ServerRoot "{root}"
Listen 80
Include conf.modules.d/*.conf
User apache
Group apache
ServerAdmin root@localhost
<Directory />
    AllowOverride none
    Require all denied
</Directory>
DocumentRoot "/var/www/html"
<Directory "/var/www">
    AllowOverride None
    Require all granted
</Directory>
<Directory "/var/www/html">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>
<Files ".ht*">
    Require all denied
</Files>
ErrorLog "logs/error_log"
LogLevel warn
<IfModule log_config_module>
    LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    <IfModule logio_module>
      LogFormat "%h %l %u %t \\"%r\\" %>s %b %I %O" combinedio
    </IfModule>
    CustomLog "logs/access_log" combined
</IfModule>
<IfModule alias_module>
    ScriptAlias /cgi-bin/ "/var/www/cgi-bin/"
</IfModule>
<Directory "/var/www/cgi-bin">
    AllowOverride None
    Options None
    Require all granted
</Directory>
<IfModule mime_module>
    TypesConfig /etc/mime.types
    AddType application/x-compress .Z
    AddType application/x-gzip .gz .tgz
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
</IfModule>
AddDefaultCharset UTF-8
<IfModule mime_magic_module>
    MIMEMagicFile conf/magic
</IfModule>
EnableSendfile on
IncludeOptional conf.d/*.conf
""",
    "conf.modules.d/00-base.conf": re.sub(
        r"\b(\w+)\s+",
        r"LoadModule \1_module modules/mod_\1.so\n",
        """access_compat actions alias allowmethods auth_basic auth_digest authn_anon authn_core authn_dbd authn_dbm
        authn_file authn_socache authz_core authz_dbd authz_dbm authz_groupfile authz_host authz_owner authz_user
        autoindex cache cache_disk cache_socache data dbd deflate dir dumpio echo env expires ext_filter filter
        headers include info log_config logio macro mime_magic mime negotiation remoteip reqtimeout request
        rewrite setenvif slotmem_plain slotmem_shm socache_dbm socache_memcache socache_shmcb status substitute
        suexec unique_id unixd userdir version vhost_alias watchdog """,
    ),
    "conf.modules.d/00-dav.conf": """
LoadModule dav_module modules/mod_dav.so
LoadModule dav_fs_module modules/mod_dav_fs.so
""",
    "conf.modules.d/00-lua.conf": "LoadModule lua_module modules/mod_lua.so\n",
    "conf.modules.d/00-mpm.conf": "# one of the three\nLoadModule mpm_event_module modules/mod_mpm_event.so\n",
    "conf.modules.d/00-proxy.conf": "LoadModule proxy_module modules/mod_proxy.so\n",
    "conf.modules.d/00-systemd.conf": "LoadModule systemd_module modules/mod_systemd.so\n",
    "conf.modules.d/01-cgi.conf": """
<IfModule !mpm_prefork_module>
    LoadModule cgid_module modules/mod_cgid.so
</IfModule>
<IfModule mpm_prefork_module>
    LoadModule cgi_module modules/mod_cgi.so
</IfModule>
""",
    "conf.modules.d/10-python.conf": "LoadModule python_module modules/mod_python.so\n",
    "conf.d/README": "Only *.conf is read; this <is not> closed.",
    "conf.d/autoindex.conf": """
IndexOptions FancyIndexing HTMLTable VersionSort
Alias /icons/ "/usr/share/httpd/icons/"
<Directory "/usr/share/httpd/icons">
    Options Indexes MultiViews FollowSymlinks
    AllowOverride None
    Require all granted
</Directory>
AddIconByEncoding (CMP,/icons/compressed.gif) x-compress x-gzip
AddIconByType (TXT,/icons/text.gif) text/*
AddIcon /icons/tar.gif .tar
AddIcon /icons/blank.gif ^^BLANKICON^^
DefaultIcon /icons/unknown.gif
ReadmeName README.html
HeaderName HEADER.html
IndexIgnore .??* *~ *# HEADER* README* RCS CVS *,v *,t
""",
    "conf.d/userdir.conf": """
<IfModule mod_userdir.c>
    UserDir disabled
</IfModule>
<Directory "/home/*/public_html">
    AllowOverride FileInfo AuthConfig Limit Indexes
    Options MultiViews Indexes SymLinksIfOwnerMatch IncludesNoExec
    Require method GET POST OPTIONS
</Directory>
""",
    "conf.d/welcome.conf": """
<LocationMatch "^/+$">
    Options -Indexes
    ErrorDocument 403 /.noindex.html
</LocationMatch>
<Directory /usr/share/httpd/noindex>
    AllowOverride None
    Require all granted
</Directory>
Alias /.noindex.html /usr/share/httpd/noindex/index.html
Alias /poweredby.png /usr/share/httpd/icons/apache_pb3.png
""",
}

DEBIAN = {
    "envvars": """
# variables of the start script
unset HOME
if [ "${{APACHE_CONFDIR##/etc/apache2-}}" != "${{APACHE_CONFDIR}}" ] ; then
    SUFFIX="-${{APACHE_CONFDIR##/etc/apache2-}}"
else
    SUFFIX=
fi
export APACHE_RUN_USER=www-data
export APACHE_RUN_GROUP=www-data
export APACHE_PID_FILE=/var/run/apache2$SUFFIX/apache2.pid
export APACHE_RUN_DIR=/var/run/apache2$SUFFIX
export APACHE_LOCK_DIR=/var/lock/apache2$SUFFIX
export APACHE_LOG_DIR=/var/log/apache2$SUFFIX
export LANG=C
export LANG
#APACHE_ULIMIT_MAX_FILES='ulimit -n 65536'
""",
    "apache2.conf": """
#ServerRoot "/etc/apache2"
DefaultRuntimeDir ${{APACHE_RUN_DIR}}
PidFile ${{APACHE_PID_FILE}}
Timeout 300
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
User ${{APACHE_RUN_USER}}
Group ${{APACHE_RUN_GROUP}}
HostnameLookups Off
ErrorLog ${{APACHE_LOG_DIR}}/error.log
LogLevel warn
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
<Directory />
\tOptions FollowSymLinks
\tAllowOverride None
\tRequire all denied
</Directory>
<Directory /var/www/>
\tOptions Indexes FollowSymLinks
\tAllowOverride None
\tRequire all granted
</Directory>
AccessFileName .htaccess
<FilesMatch "^\\.ht">
\tRequire all denied
</FilesMatch>
LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O" vhost_combined
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
""",
    "ports.conf": """
Listen 80
<IfModule ssl_module>
\tListen 443
</IfModule>
<IfModule mod_gnutls.c>
\tListen 443
</IfModule>
""",
    "mods-enabled/mpm_event.load": """# Conflicts: mpm_worker mpm_prefork
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
""",
    "mods-enabled/mpm_event.conf": """
StartServers            2
MinSpareThreads         25
MaxSpareThreads         75
ThreadLimit             64
ThreadsPerChild         25
MaxRequestWorkers       150
MaxConnectionsPerChild  0
""",
    "mods-enabled/deflate.load": "LoadModule deflate_module /usr/lib/apache2/modules/mod_deflate.so\n",
    "mods-enabled/deflate.conf": """
<IfModule mod_filter.c>
\tAddOutputFilterByType DEFLATE text/html text/plain text/xml
</IfModule>
""",
    "mods-enabled/filter.load": "LoadModule filter_module /usr/lib/apache2/modules/mod_filter.so\n",
    "mods-enabled/mime.conf": """
TypesConfig /etc/mime.types
AddType application/x-compress .Z
AddLanguage de .de
AddCharset UTF-8 .utf8
AddHandler type-map var
AddType text/html .shtml
<IfModule mod_include.c>
\tAddOutputFilter INCLUDES .shtml
</IfModule>
""",
    "mods-enabled/setenvif.conf": """
BrowserMatch "Mozilla/2" nokeepalive
BrowserMatch "MSIE 4\\.0b2;" nokeepalive downgrade-1.0 force-response-1.0
""",
    "mods-enabled/status.load": "LoadModule status_module /usr/lib/apache2/modules/mod_status.so\n",
    "mods-enabled/status.conf": """
<Location /server-status>
\tSetHandler server-status
\tRequire local
\t#Require ip 192.0.2.0/24
</Location>
ExtendedStatus On
<IfModule mod_proxy.c>
\tProxyStatus On
</IfModule>
""",
    "mods-enabled/negotiation.conf": "LanguagePriority en ca\nForceLanguagePriority Prefer Fallback\n",
    "mods-enabled/reqtimeout.conf": """
RequestReadTimeout header=20-40,minrate=500
RequestReadTimeout body=10,minrate=500
""",
    "conf-enabled/security.conf": "ServerTokens OS\nServerSignature On\nTraceEnable Off\n",
    "conf-enabled/serve-cgi-bin.conf": """
<IfModule mod_alias.c>
\t<IfModule mod_cgi.c>
\t\tDefine ENABLE_USR_LIB_CGI_BIN
\t</IfModule>
\t<IfDefine ENABLE_USR_LIB_CGI_BIN>
\t\tScriptAlias /cgi-bin/ /usr/lib/cgi-bin/
\t\t<Directory "/usr/lib/cgi-bin">
\t\t\tAllowOverride None
\t\t\tOptions +ExecCGI -MultiViews +SymLinksIfOwnerMatch
\t\t\tRequire all granted
\t\t</Directory>
\t</IfDefine>
</IfModule>
""",
    "conf-enabled/other-vhosts-access-log.conf": """
CustomLog ${{APACHE_LOG_DIR}}/other_vhosts_access.log vhost_combined
""",
    "sites-enabled/000-default.conf": """
<VirtualHost *:80>
\t#ServerName www.example.com
\tServerAdmin webmaster@localhost
\tDocumentRoot /var/www/html
\tErrorLog ${{APACHE_LOG_DIR}}/error.log
\tCustomLog ${{APACHE_LOG_DIR}}/access.log combined
</VirtualHost>
""",
}

# httpd 2.2, as Red Hat Enterprise Linux 6 installed it, with mod_python's own file.
RED_HAT_22 = {
    "conf/httpd.conf": """
ServerTokens OS
ServerRoot "{root}"
PidFile run/httpd.pid
Timeout 60
KeepAlive Off
MaxKeepAliveRequests 100
KeepAliveTimeout 15
<IfModule prefork.c>
StartServers       8
MinSpareServers    5
MaxSpareServers   20
ServerLimit      256
MaxClients       256
MaxRequestsPerChild  4000
</IfModule>
<IfModule worker.c>
StartServers         4
MaxClients         300
MinSpareThreads     25
MaxSpareThreads     75
ThreadsPerChild     25
MaxRequestsPerChild  0
</IfModule>
Listen 80
LoadModule auth_basic_module modules/mod_auth_basic.so
LoadModule authz_host_module modules/mod_authz_host.so
LoadModule mime_magic_module modules/mod_mime_magic.so
LoadModule dav_fs_module modules/mod_dav_fs.so
LoadModule negotiation_module modules/mod_negotiation.so
LoadModule include_module modules/mod_include.so
Include conf.d/*.conf
User apache
Group apache
ServerAdmin root@localhost
UseCanonicalName Off
DocumentRoot "/var/www/html"
<Directory />
    Options FollowSymLinks
    AllowOverride None
</Directory>
<Directory "/var/www/html">
    Options Indexes FollowSymLinks
    AllowOverride None
    Order allow,deny
    Allow from all
</Directory>
<IfModule mod_userdir.c>
    UserDir disabled
</IfModule>
DirectoryIndex index.html index.html.var
AccessFileName .htaccess
<Files ~ "^\\.ht">
    Order allow,deny
    Deny from all
    Satisfy All
</Files>
TypesConfig /etc/mime.types
DefaultType text/plain
<IfModule mod_mime_magic.c>
    MIMEMagicFile conf/magic
</IfModule>
HostnameLookups Off
ErrorLog logs/error_log
LogLevel warn
CustomLog logs/access_log combined
ServerSignature On
Alias /icons/ "/var/www/icons/"
<IfModule mod_dav_fs.c>
    DAVLockDB /var/lib/dav/lockdb
</IfModule>
ScriptAlias /cgi-bin/ "/var/www/cgi-bin/"
IndexOptions FancyIndexing VersionSort NameWidth=* HTMLTable Charset=UTF-8
AddIcon /icons/back.gif ..
AddLanguage ca .ca
LanguagePriority en ca cs
ForceLanguagePriority Prefer Fallback
AddDefaultCharset UTF-8
AddType application/x-compress .Z
AddHandler type-map var
AddOutputFilter INCLUDES .shtml
Alias /error/ "/var/www/error/"
<IfModule mod_negotiation.c>
<IfModule mod_include.c>
    <Directory "/var/www/error">
        AllowOverride None
        Options IncludesNoExec
        AddOutputFilter Includes html
        AddHandler type-map var
        Order allow,deny
        Allow from all
        LanguagePriority en es de fr
        ForceLanguagePriority Prefer Fallback
    </Directory>
</IfModule>
</IfModule>
BrowserMatch "Mozilla/2" nokeepalive
BrowserMatch "^gnome-vfs/1.0" redirect-carefully
NameVirtualHost *:80
""",
    "conf.d/python.conf": """
LoadModule python_module modules/mod_python.so
<Directory /var/www/python>
    SetHandler mod_python
    PythonHandler mod_python.publisher
    PythonDebug On
</Directory>
""",
}
