from mod_python import apache

def connectionhandler(conn):
    while 1:
        conn.write(conn.readline())
    return apache.OK
