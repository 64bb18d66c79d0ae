"""Every member of the request, connection and server objects: values, types, and which may be assigned."""

from ..answer import hide
from ..request import get, head, post, request
from ..site import Site
from . import Case

# Prints repr() of the members named in the query string, one per line.
SHOW = '''
    from mod_python import apache

    def target(req, name):
        for part in name.split(".")[:-1]:
            req = getattr(req, part)
        return req, name.split(".")[-1]

    def handler(req):
        req.content_type = "text/plain"
        for name in req.args.split(","):
            owner, last = target(req, name)
            try:
                value = repr(getattr(owner, last))
            except Exception as error:
                value = "%s: %s" % (type(error).__name__, error)
            req.write("%s = %s\\n" % (name, value), 0)
        return apache.OK

    def assign(req):
        req.content_type = "text/plain"
        for name in req.args.split(","):
            owner, last = target(req, name)
            for new in (None, 7, "seven", b"seven", 2.5, [], True):
                try:
                    old = getattr(owner, last)
                    setattr(owner, last, new)
                    got = repr(getattr(owner, last))
                    if not isinstance(new, list):
                        setattr(owner, last, old)
                except Exception as error:
                    got = "%s: %s" % (type(error).__name__, error)
                except SystemError as error:
                    got = "%s: %s" % (type(error).__name__, error)
                req.write("%s = %r: %s\\n" % (name, new, got), 0)
        return apache.OK

    def delete(req):
        req.content_type = "text/plain"
        for name in req.args.split(","):
            owner, last = target(req, name)
            try:
                delattr(owner, last)
                got = "deleted"
            except Exception as error:
                got = "%s: %s" % (type(error).__name__, error)
            req.write("del %s: %s\\n" % (name, got), 0)
        return apache.OK
'''

CONF = """
    <Directory "@ROOT@/htdocs">
        AddHandler mod_python .py
        PythonHandler show
        <Files "assign.py">
            PythonHandler show::assign
        </Files>
        <Files "delete.py">
            PythonHandler show::delete
        </Files>
    </Directory>
"""
SITE = Site(CONF, {"htdocs/show.py": SHOW, "htdocs/assign.py": "", "htdocs/delete.py": "", "htdocs/sub/show.py": ""})
REQ="connection,server,next,prev,main,the_request,assbackwards,proxyreq,header_only,protocol,proto_num,hostname,request_time,status_line,status,method,method_number,allowed,allowed_xmethods,allowed_methods,sent_bodyct,bytes_sent,mtime,chunked,range,clength,remaining,read_length,read_body,read_chunked,expecting_100,headers_in,headers_out,err_headers_out,subprocess_env,notes,phase,interpreter,content_type,handler,content_encoding,content_languages,vlist_validator,user,ap_auth_type,no_cache,no_local_copy,unparsed_uri,uri,filename,canonical_filename,path_info,args,finfo,parsed_uri,used_path_info,eos_sent,useragent_addr,useragent_ip,hlist,extension,_bytes_queued,_content_type_set,_request_rec,hstack,form,session,ssi_globals"
CON="base_server,child_num,local_addr,client_addr,client_ip,remote_addr,remote_ip,remote_host,remote_logname,user,ap_auth_type,aborted,keepalive,double_reverse,keepalives,local_ip,local_host,id,notes,hlist,_conn_rec"
SER="defn_name,defn_line_number,srm_confname,server_admin,server_hostname,port,error_fname,loglevel,is_virtual,timeout,keep_alive_timeout,keep_alive_max,keep_alive,send_buffer_size,path,pathlen,server_uid,server_gid,names,wild_names,limit_req_line,limit_req_fieldsize,limit_req_fields,next,my_generation,restart_time,module_config,lookup_defaults,_server_rec"
CASES = (Case("x", SITE, [
  get("/show.py?"+REQ, name="get"),
  get("/show.py/path/info?"+REQ, name="get pi"),
  head("/show.py?"+REQ, name="head"),
  post("/show.py?"+REQ, b"a=1", name="post"),
  get("/missing.py?"+REQ, name="missing", protocol="HTTP/1.0"),
  get("/show.py?"+",".join("connection."+x for x in CON.split(",")), name="conn"),
  get("/show.py?"+",".join("server."+x for x in SER.split(",")), name="server"),
  get("/assign.py?"+REQ, name="assign req"),
  get("/assign.py?"+",".join("connection."+x for x in CON.split(",")), name="assign conn"),
  get("/assign.py?"+",".join("server."+x for x in SER.split(",")), name="assign server"),
]),)
