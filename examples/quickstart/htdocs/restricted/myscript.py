from mod_python import apache

def handler(req):
    req.content_type = "text/plain"
    req.write("Hello World!")

    return apache.OK

def authenhandler(req):
    user = req.user
    pw = req.get_basic_auth_pw()

    if user == "spam" and pw == "eggs":
        return apache.OK
    else:
        return apache.HTTP_UNAUTHORIZED
