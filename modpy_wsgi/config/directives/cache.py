"""The caches: mod_cache and what it stores in, mod_file_cache, mod_mem_cache, mod_socache_*."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.SERVER,
        "caching is left to the front server",
        """
        CacheDefaultExpire               1    conf
        CacheDetailHeader                flag conf
        CacheDirLength                   1    server
        CacheDirLevels                   1    server
        CacheDisable                     1    conf
        CacheEnable                      1,2  conf
        CacheFile                        1+   server
        CacheHeader                      flag conf
        CacheIgnoreCacheControl          flag server
        CacheIgnoreHeaders               1+   server
        CacheIgnoreNoLastMod             flag conf
        CacheIgnoreQueryString           flag server
        CacheIgnoreURLSessionIdentifiers 1+   server
        CacheKeyBaseURL                  1    server
        CacheLastModifiedFactor          1    conf
        CacheLock                        flag server
        CacheLockMaxAge                  1    server
        CacheLockPath                    1    server
        CacheMaxExpire                   1    conf
        CacheMaxFileSize                 1    conf
        CacheMinExpire                   1    conf
        CacheMinFileSize                 1    conf
        CacheQuickHandler                flag server
        CacheReadSize                    1    conf
        CacheReadTime                    1    conf
        CacheRoot                        1    server
        CacheSocache                     1    server
        CacheSocacheMaxSize              1    conf
        CacheSocacheMaxTime              1    conf
        CacheSocacheMinTime              1    conf
        CacheSocacheReadSize             1    conf
        CacheSocacheReadTime             1    conf
        CacheStaleOnError                flag conf
        CacheStoreExpired                flag conf
        CacheStoreNoStore                flag conf
        CacheStorePrivate                flag conf
        MCacheMaxObjectCount             1    server
        MCacheMaxObjectSize              1    server
        MCacheMaxStreamingBuffer         1    server
        MCacheMinObjectSize              1    server
        MCacheRemovalAlgorithm           1    server
        MCacheSize                       1    server
        MemcacheConnTTL                  1    server
        MMapFile                         1+   server
        RedisConnPoolTTL                 1    server
        RedisTimeout                     1    server
        """,
    ),
)
